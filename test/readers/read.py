"""Reads a published folder as people do, and prints columns and rows as JSON: read.py pandas|duckdb|polars|spark FOLDER"""

import glob
import json
import sys


def by_pandas(folder):
    import pandas

    parts = sorted(glob.glob(f"{folder}/part-*"))
    frames = [pandas.read_csv(part, dtype=str, keep_default_na=False) for part in parts]
    frame = pandas.concat(frames)
    return list(frame.columns), frame.values.tolist()


def by_duckdb(folder):
    import duckdb

    found = duckdb.sql(f"SELECT * FROM read_csv('{folder}/part-*', header = true, all_varchar = true)")
    return found.columns, found.fetchall()


def by_polars(folder):
    import polars

    frame = polars.read_csv(f"{folder}/part-*", infer_schema=False)
    return frame.columns, frame.rows()


def by_spark(folder):
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    # The folder itself: Spark passes over names that begin with an underscore.
    reader = spark.read.option("header", True).option("multiLine", True).option("escape", '"')
    frame = reader.csv(folder)
    return frame.columns, [tuple(row) for row in frame.collect()]


READERS = {"pandas": by_pandas, "duckdb": by_duckdb, "polars": by_polars, "spark": by_spark}

columns, rows = READERS[sys.argv[1]](sys.argv[2])
# DuckDB, Polars and Spark take an empty field for a null.
plain = [["" if field is None else field for field in row] for row in rows]
json.dump({"columns": list(columns), "rows": plain}, sys.stdout)
