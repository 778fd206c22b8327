"""What is not sent by mail: classes first, programs, the cold, and what no storage fact is known of."""

import pytest

from shop.safety import mailable
from shop.safety.subject import Subject


def code(*ingredients: str, **more: str) -> str | None:
    found = mailable.refusal(Subject(ingredients, **more))
    return found.code if found else None


@pytest.mark.parametrize(
    ("ingredient", "more", "refused"),
    [
        ("SODIUM IODIDE I-131", {"form": "capsule", "route": "ORAL"}, "radiopharmaceutical"),
        ("IODINE", {"classes": "Radioactive Therapeutic Agent [EPC]"}, "radiopharmaceutical"),
        ("68Ga-DOTATATE", {"form": "kit"}, "radiopharmaceutical"),
        ("OXYGEN", {"form": "inhalation gas"}, "medical_gas"),
        ("OXYGEN", {"form": "liquid", "route": "RESPIRATORY (INHALATION)"}, "medical_gas"),
        ("NITROGEN", {"form": "liquid", "route": "CUTANEOUS"}, "medical_gas"),
        ("Iodine-131", {"form": "capsule", "route": "ORAL"}, "radiopharmaceutical"),
        ("DINOPROSTONE", {"form": "insert", "route": "VAGINAL"}, "cold"),
        ("ETOPOSIDE", {"form": "capsule", "route": "ORAL"}, "cold"),
        ("SACROSIDASE", {"form": "oral solution"}, "cold"),
        ("Ma huang", {"form": "capsule"}, "listed_chemical"),
        ("House dust mite", {"form": "tablet", "route": "SUBLINGUAL"}, "skin_test"),
        ("OXYGEN", {"license": "UNAPPROVED MEDICAL GAS"}, "medical_gas"),
        ("BACILLUS CALMETTE-GUERIN", {"classes": "Live Vaccine [EPC]"}, "vaccine"),
        ("TETANUS TOXOID", {"form": "injection"}, "vaccine"),
        ("TUBERCULIN PURIFIED PROTEIN DERIVATIVE", {"form": "injection"}, "skin_test"),
        ("HUMAN RHO(D) IMMUNE GLOBULIN", {"form": "injection"}, "immune_globulin"),
        ("ALBUMIN HUMAN", {}, "immune_globulin"),
        ("PSEUDOEPHEDRINE HYDROCHLORIDE", {"form": "tablet", "route": "ORAL"}, "listed_chemical"),
        ("EPHEDRINE SULFATE", {}, "listed_chemical"),
        ("PHENYLPROPANOLAMINE HYDROCHLORIDE", {}, "listed_chemical"),
        ("ALCOHOL", {"form": "gel"}, "flammable"),
        ("ISOPROPYL ALCOHOL", {"form": "swab"}, "flammable"),
        ("IODINE", {"form": "tincture"}, "flammable"),
        ("MINOXIDIL", {"form": "foam"}, "flammable"),
        ("ISOTRETINOIN", {"form": "capsule"}, "rems"),
        ("MAVACAMTEN", {"form": "capsule"}, "rems"),
        ("FENFLURAMINE HYDROCHLORIDE", {"form": "oral solution"}, "rems"),
        ("LOXAPINE", {"form": "inhalation powder"}, "rems"),
        ("INSULIN GLARGINE", {"form": "injection", "route": "SUBCUTANEOUS"}, "cold"),
        ("TOCILIZUMAB", {"form": "injection", "license": "BLA"}, "cold"),
        ("CHLORAMBUCIL", {"form": "tablet", "route": "ORAL"}, "cold"),
        ("EPOETIN ALFA", {"form": "injection", "license": "BLA"}, "cold"),
        ("ONABOTULINUMTOXINA", {"form": "powder for injection", "license": "BLA"}, "no_storage_fact"),
        ("CALCIUM CHLORIDE", {"form": "injection", "route": "INTRAVENOUS"}, "no_storage_fact"),
        ("KETOROLAC TROMETHAMINE", {"form": "drops", "route": "OPHTHALMIC"}, "no_storage_fact"),
        ("TIMOLOL MALEATE", {"form": "eye drops"}, "no_storage_fact"),
        ("BISACODYL", {"form": "suppository"}, "no_storage_fact"),
        ("PANCRELIPASE", {"form": "capsule", "license": "BLA"}, "no_storage_fact"),
        ("leuprolide acetate", {"form": "kit", "license": "NDA"}, "no_storage_fact"),
        ("WHAT NOBODY KNOWS", {"route": "intravenous"}, "no_storage_fact"),
    ],
)
def test_a_class_is_refused_by_any_of_its_marks(ingredient: str, more: dict[str, str], refused: str) -> None:
    assert code(ingredient, **more) == refused


@pytest.mark.parametrize(
    ("ingredient", "more"),
    [
        ("BACLOFEN", {"form": "tablet", "route": "ORAL", "license": "ANDA"}),
        ("CALCIUM ACETATE", {"form": "capsule", "classes": "Blood Coagulation Factor [EPC]"}),
        ("BENZOCAINE", {"form": "dental gel", "classes": "Standardized Chemical Allergen [EPC]"}),
        ("VENETOCLAX", {"form": "tablet", "classes": "BCL-2 Inhibitor [EPC],Increased Cellular Death [PE]"}),
        ("BENZYL ALCOHOL", {"form": "lotion"}),
        ("OXYGEN", {"form": "liquid", "route": "ORAL"}),  # homeopathic
        ("LEVODOPA", {"form": "suspension"}),
        ("LOXAPINE SUCCINATE", {"form": "capsule"}),
        ("LATANOPROST", {"form": "eye drops", "route": "OPHTHALMIC"}),
        ("GOSERELIN ACETATE", {"form": "implant", "route": "SUBCUTANEOUS"}),
        ("SITAGLIPTIN", {"form": "tablet"}),
        ("FLUTICASONE PROPIONATE", {"form": "nasal metered spray", "route": "NASAL"}),
        ("norgestimate and ethinyl estradiol", {"form": "kit", "license": "ANDA"}),
        ("miconazole nitrate", {"form": "kit", "license": "OTC MONOGRAPH FINAL"}),
    ],
)
def test_what_no_class_means_is_sent(ingredient: str, more: dict[str, str]) -> None:
    assert code(ingredient, **more) is None


def test_a_storage_fact_of_one_substance_does_not_cover_a_mixture() -> None:
    assert code("LATANOPROST", "TIMOLOL MALEATE", form="eye drops") == "no_storage_fact"


def test_one_refused_ingredient_is_enough() -> None:
    assert (
        code("CETIRIZINE HYDROCHLORIDE", "PSEUDOEPHEDRINE HYDROCHLORIDE", form="tablet") == "listed_chemical"
    )


def test_the_cold_counts_before_a_fact_that_lets_travel() -> None:
    assert code("SEMAGLUTIDE", form="injection", route="SUBCUTANEOUS") in {"cold", "no_storage_fact"}
    assert code("SEMAGLUTIDE", form="tablet", route="ORAL") is None


def test_every_refusal_has_a_sentence_and_a_source() -> None:
    found = mailable.refusal(Subject(("ISOTRETINOIN",)))
    assert found is not None
    assert found.why in mailable.reasons()
    assert found.why in found.sentence
    assert found.source


def test_the_starting_list_has_a_reason_and_a_source_each() -> None:
    rows = list(mailable.starting_list())
    assert len(rows) > 40
    assert all(reason and source and (substance or form) for substance, form, reason, source in rows)
