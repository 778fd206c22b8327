"""Small directories for tests: rows as dictionaries, written as the two files of the NDC directory."""

import gzip
from pathlib import Path

PRODUCT_LINE = (
    "PRODUCTID\tPRODUCTNDC\tPRODUCTTYPENAME\tPROPRIETARYNAME\tPROPRIETARYNAMESUFFIX\tNONPROPRIETARYNAME\t"
    "DOSAGEFORMNAME\tROUTENAME\tSTARTMARKETINGDATE\tENDMARKETINGDATE\tMARKETINGCATEGORYNAME\tAPPLICATIONNUMBER\t"
    "LABELERNAME\tSUBSTANCENAME\tACTIVE_NUMERATOR_STRENGTH\tACTIVE_INGRED_UNIT\tPHARM_CLASSES\tDEASCHEDULE\t"
    "NDC_EXCLUDE_FLAG\tLISTING_RECORD_CERTIFIED_THROUGH"
)
PACKAGE_LINE = (
    "PRODUCTID\tPRODUCTNDC\tNDCPACKAGECODE\tPACKAGEDESCRIPTION\tSTARTMARKETINGDATE\tENDMARKETINGDATE\t"
    "NDC_EXCLUDE_FLAG\tSAMPLE_PACKAGE"
)
PRODUCT_HEADER, PACKAGE_HEADER = PRODUCT_LINE.split("\t"), PACKAGE_LINE.split("\t")


def product(code: str, name: str = "Baclofen", strength: str = "10", **more: str) -> dict[str, str]:
    """One product line; the substance is the name in capitals."""
    return {
        "PRODUCTID": f"{code}_id",
        "PRODUCTNDC": code,
        "PRODUCTTYPENAME": "HUMAN PRESCRIPTION DRUG",
        "PROPRIETARYNAME": name,
        "NONPROPRIETARYNAME": name.lower(),
        "DOSAGEFORMNAME": "TABLET",
        "ROUTENAME": "ORAL",
        "STARTMARKETINGDATE": "20100101",
        "MARKETINGCATEGORYNAME": "ANDA",
        "LABELERNAME": "Example Labs",
        "SUBSTANCENAME": name.upper(),
        "ACTIVE_NUMERATOR_STRENGTH": strength,
        "ACTIVE_INGRED_UNIT": "mg/1",
        "NDC_EXCLUDE_FLAG": "N",
    } | more


def package(code: str, end: str = "01", description: str = "", **more: str) -> dict[str, str]:
    """One package line of the product with that code."""
    return {
        "PRODUCTID": f"{code}_id",
        "PRODUCTNDC": code,
        "NDCPACKAGECODE": f"{code}-{end}",
        "PACKAGEDESCRIPTION": description or f"100 TABLET in 1 BOTTLE ({code}-{end}) ",
        "STARTMARKETINGDATE": "20100101",
        "NDC_EXCLUDE_FLAG": "N",
        "SAMPLE_PACKAGE": "N",
    } | more


def line(header: list[str], row: dict[str, str]) -> str:
    return "\t".join(row.get(name, "") for name in header)


def write(folder: Path, products: list[dict[str, str]], packages: list[dict[str, str]]) -> tuple[Path, Path]:
    """Both files; the packages compressed, as one may have downloaded them."""
    paths = folder / "product.txt", folder / "package.txt.gz"
    texts = [
        "\r\n".join(["\t".join(header), *(line(header, row) for row in rows), ""])
        for header, rows in ((PRODUCT_HEADER, products), (PACKAGE_HEADER, packages))
    ]
    paths[0].write_text(texts[0], "cp1252", newline="")
    paths[1].write_bytes(gzip.compress(texts[1].encode("cp1252")))
    return paths
