"""Names of conditions in the store's own file: a longer one is also what its last or first words say."""

from shop.drug_review.known_names import matching
from shop.safety.drug_facts.facts import Kind
from shop.safety.drug_facts.reading import book

NOT_ALSO = {
    "antiphospholipid_syndrome": {"lupus"},  # "lupus anticoagulant" is no lupus
    "bone_marrow_depression": {"depression", "mental_illness"},
    "brain_hemorrhage": {"active_bleeding"},  # it may be long past
    "first_degree_heart_block": {"heart_block"},  # no contraindication
    "glaucoma": {"angle_closure_glaucoma"},  # with open angles
    "glaucoma_surgery": {"angle_closure_glaucoma", "glaucoma", "recent_or_planned_surgery"},
    "cataract_surgery": {"recent_or_planned_surgery"},
    "heart_bypass": {"recent_or_planned_surgery"},
    "recent_heart_bypass": {"recent_or_planned_surgery", "recent_heart_bypass"},
    "heart_surgery": {"recent_or_planned_surgery"},
    "hypertrophic_cardiomyopathy": {"heart_failure"},
    "hyperthyroidism": {"hypothyroidism"},
    "hypothyroidism": {"hyperthyroidism"},
    "nausea_of_pregnancy": {"stomach_pain", "pregnancy"},
    "paced_heart_rhythm": {"heart_block", "sick_sinus_syndrome"},  # lifted by the pacemaker
    "past_gi_bleeding": {"active_bleeding"},
    "prediabetes": {"diabetes"},
    "prostate_cancer": {"enlarged_prostate"},
    "retinitis_pigmentosa": {"macular_disease"},
    "rheumatic_mitral_disease": {"coronary_artery_disease"},
    "depression": {"mental_illness"},
    "bipolar_disorder": {"mental_illness"},
}


def test_a_longer_name_of_a_condition_is_also_what_its_last_or_first_words_say():
    weighed = {
        other for facts in book().facts.values() for fact in facts.of(Kind.CONDITION) for other in fact.others
    }
    words: dict[str, set[str]] = {}
    for one in book().conditions.values():
        for word in (one.code.replace("_", " "), *one.also):
            words.setdefault(word.casefold(), set()).add(one.code)
    reads = matching()
    lacking = []
    for word, codes in words.items():
        allowed = set().union(*(NOT_ALSO.get(code, set()) for code in codes))
        meant = reads.condition(word).conditions
        parts = word.split(" ")
        shorter = {" ".join(some) for cut in range(1, len(parts)) for some in (parts[cut:], parts[:cut])}
        for other in shorter & words.keys():
            if len(other) > 3:
                lacking += [(word, code) for code in (words[other] & weighed) - meant - allowed]
    assert sorted(set(lacking)) == []
