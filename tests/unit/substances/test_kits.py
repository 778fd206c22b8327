"""What is in a kit, by its generic name."""

import pytest

from shop.substances.names import KnownSubstances, kit_parts

KNOWN = KnownSubstances(
    [
        "NORETHINDRONE",
        "ETHINYL ESTRADIOL",
        "FERROUS FUMARATE",
        "ACETAMINOPHEN",
        "DEXTROMETHORPHAN HYDROBROMIDE",
        "DOXYLAMINE SUCCINATE",
        "PHENYLEPHRINE HYDROCHLORIDE",
        "ALCOHOL",
        "LIDOCAINE HYDROCHLORIDE",
        "POLYETHYLENE GLYCOL 3350",
        "CLINDAMYCIN PHOSPHATE",
        "BENZOYL PEROXIDE",
        "POVIDONE-IODINE",
        "RITONAVIR",
    ]
)


@pytest.mark.parametrize(
    ("generic", "ingredients"),
    [
        (
            "norethindrone, ethinyl estradiol, and ferrous fumarate",
            ("norethindrone", "ethinyl estradiol", "ferrous fumarate"),
        ),
        (
            "Norethindrone/Ethinyl Estradiol and Ethinyl Estradiol",
            ("norethindrone", "ethinyl estradiol"),
        ),
        (
            "Acetaminophen, Dextromethorphan HBr, Doxylamine succinate, Phenylephrine HCI",
            (
                "acetaminophen",
                "dextromethorphan hydrobromide",
                "doxylamine succinate",
                "phenylephrine hydrochloride",
            ),
        ),
        (
            "Acetaminophen Dextromethorphan HBr DoxylamineSucinate",
            ("acetaminophen", "dextromethorphan hydrobromide", "doxylamine succinate"),
        ),
        (
            "Daytime Acetaminophen, NightTime Dextromethrophan HBr",
            ("acetaminophen", "dextromethorphan hydrobromide"),
        ),
        ("ETHYL ALCOHOL", ("alcohol",)),
        ("Polyethylene Glycol 3350", ("polyethylene glycol 3350",)),
        ("Lidocaine 5%, Povidone Iodine", ("lidocaine", "povidone-iodine")),
        ("Clindamycin and Benzoyl Peroxide Gel", ("clindamycin", "benzoyl peroxide")),
        ("Dasabuvir and Ritonavir", ("dasabuvir", "ritonavir")),
        ("Essentials Trial Kit", ("Essentials Trial Kit",)),
        ("peginterferon beta-1a", ("peginterferon beta-1a",)),
    ],
)
def test_every_part_of_a_kit_is_an_ingredient_and_nothing_unknown_vanishes(generic, ingredients):
    assert kit_parts(generic, KNOWN) == ingredients
