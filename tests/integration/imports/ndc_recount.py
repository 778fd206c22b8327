"""Counting the real directory a second time, with SQL alone: nothing here uses the code it checks.

The two files are loaded as they are into SQLite's memory. The controlled names are typed in by hand, from the
schedule flags of the file itself:
    zcat product_2019-04-29.txt.gz | awk -F'\\t' '$18 ~ /^C/ {print $18, $14}' | sort | uniq -c | sort -rn
and from 21 CFR 1308 what the file flags nowhere: eluxadoline, esketamine, cannabis, peyote. Two rows
of aspirin are flagged by a labeler's slip; other slips are excluded by the directory.
"""

import csv
import gzip
import re
import sqlite3
from pathlib import Path

CONTROLLED = re.compile(
    r"\b(ABT-925|ALFENTANIL|ALPRAZOLAM|AMOBARBITAL|AMPHETAMINE|ARMODAFINIL|BENZPHETAMINE|BRIVARACETAM|BUPRENORPHINE"
    r"|BUTABARBITAL|BUTALBITAL|BUTORPHANOL|CARISOPRODOL|CHLORAL HYDRATE|CHLORDIAZEPOXIDE|CLOBAZAM|CLONAZEPAM"
    r"|CLORAZEPATE|COCAINE|CODEINE|DEXMETHYLPHENIDATE|DEXTROAMPHETAMINE|DIAZEPAM|DIETHYLPROPION|DIFENOXIN"
    r"|DIHYDROCODEINE|DIPHENOXYLATE|DRONABINOL|ELUXADOLINE|ESKETAMINE"
    r"|ESTAZOLAM|ESZOPICLONE|EZOGABINE|FENTANYL|FLUOXYMESTERONE|FLURAZEPAM"
    r"|HYDROCODONE|HYDROMORPHONE|KETAMINE|LACOSAMIDE|LEVORPHANOL|LISDEXAMFETAMINE|LORAZEPAM|LORCASERIN|MEPERIDINE"
    r"|MEPROBAMATE|METHADONE|METHAMPHETAMINE|METHOHEXITAL|METHYLPHENIDATE|METHYLTESTOSTERONE|MIDAZOLAM|MODAFINIL"
    r"|MORPHINE|NABILONE|NANDROLONE|OPIUM|OXANDROLONE|OXAZEPAM|OXYCODONE|OXYMETHOLONE|OXYMORPHONE|PENTAZOCINE"
    r"|PENTOBARBITAL|PERAMPANEL|PHENDIMETRAZINE|PHENOBARBITAL|PHENTERMINE|PREGABALIN|QUAZEPAM|REMIFENTANIL"
    r"|SECOBARBITAL|SODIUM OXYBATE|SUFENTANIL|SUVOREXANT|TAPENTADOL|TEMAZEPAM|TESTOSTERONE|TRAMADOL|TRIAZOLAM"
    r"|ZALEPLON|ZOLPIDEM|CANNABIS|LOPHOPHORA WILLIAMSII)\b"
)
VIEWS = """
CREATE VIEW judged AS SELECT *, CASE
    WHEN NDC_EXCLUDE_FLAG = 'E' THEN 'excluded'
    WHEN DEASCHEDULE <> '' AND SUBSTANCENAME <> 'ASPIRIN' THEN 'controlled'
    WHEN controlled(coalesce(nullif(SUBSTANCENAME, ''), NONPROPRIETARYNAME)) THEN 'controlled'
    WHEN MARKETINGCATEGORYNAME = 'UNAPPROVED HOMEOPATHIC' THEN 'homeopathic'
    WHEN MARKETINGCATEGORYNAME LIKE 'UNAPPROVED%' THEN 'unapproved'
    WHEN PRODUCTTYPENAME NOT IN ('HUMAN OTC DRUG', 'HUMAN PRESCRIPTION DRUG') THEN 'not by mail'
    ELSE 'kept' END AS fate FROM product;
CREATE TABLE fates AS SELECT PRODUCTID, PRODUCTNDC, fate FROM judged;
CREATE INDEX fates_id ON fates (PRODUCTID);
"""


def recount(products: Path, packages: Path) -> sqlite3.Connection:
    """A database with `product`, `package`, and `fates`: what becomes of each product."""
    connection = sqlite3.connect(":memory:")
    connection.create_function("controlled", 1, lambda text: bool(CONTROLLED.search(text.upper())))
    _load(connection, "product", products)
    _load(connection, "package", packages)
    connection.executescript(VIEWS)
    return connection


def _load(connection: sqlite3.Connection, table: str, path: Path) -> None:
    with gzip.open(path, "rt", encoding="cp1252", newline="\r\n") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        header = next(rows)
        connection.execute(f"CREATE TABLE {table} ({', '.join(header)})")
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(header))})", rows)
