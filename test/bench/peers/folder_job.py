"""The sales job from folder to folder. Arguments: engine, input folder, output folder, threads, rules, columns (JSON)."""

import glob
import json
import os
import sys

engine, source, target, threads, rules, columns = sys.argv[1:]
threads = int(threads)
rules = json.loads(rules)
columns = json.loads(columns)
compressed = os.environ.get("BENCH_GZIP") == "1"
ending = ".csv.gz" if compressed else ".csv"


def rule_of(index):
    return next((rule for rule in ("upper", "date", "round") if index in rules[rule]), None)


def by_duckdb():
    import duckdb

    sql = {
        "upper": "upper({})",
        "date": "coalesce(strftime(try_strptime({}, '%m/%d/%Y'), '%Y-%m-%d'), 'Invalid-Date')",
        # Halves of two-digit fractions are exact in a double, so half-even is too.
        "round": "coalesce(CAST(CAST(round_even(TRY_CAST({} AS DOUBLE), 0) AS BIGINT) AS VARCHAR), 'Invalid-Number')",
        None: "{}",
    }
    selected = ", ".join(
        sql[rule_of(index)].format(f'"{name}"') + f' AS "{name}"' for index, name in enumerate(columns)
    )
    connection = duckdb.connect(config={"threads": threads})
    os.makedirs(target)
    connection.execute(
        f"COPY (SELECT {selected} FROM read_csv('{source}/*{ending}', header = true, all_varchar = true)) "
        f"TO '{target}/part{ending}' (FORMAT csv, HEADER true{', COMPRESSION gzip' if compressed else ''})"
    )


def by_polars():
    import gzip

    import polars as pl

    def expression(index, name):
        column, rule = pl.col(name), rule_of(index)
        if rule == "upper":
            return column.str.to_uppercase()
        if rule == "date":
            date = column.str.to_date("%m/%d/%Y", strict=False).dt.strftime("%Y-%m-%d")
            return date.fill_null(pl.lit("Invalid-Date"))
        if rule == "round":
            number = column.cast(pl.Float64, strict=False).round(0, mode="half_to_even").cast(pl.Int64)
            return number.cast(pl.String).fill_null(pl.lit("Invalid-Number"))
        return column

    selected = [expression(index, name) for index, name in enumerate(columns)]
    paths = sorted(glob.glob(f"{source}/*{ending}"))
    os.makedirs(target)
    if not compressed:
        pl.scan_csv(paths, infer_schema=False).select(selected).sink_csv(f"{target}/part.csv")
        return
    frame = pl.concat(pl.read_csv(path, infer_schema=False) for path in paths).select(selected)
    with gzip.open(f"{target}/part.csv.gz", "wb") as file:
        frame.write_csv(file)


def by_pyspark():
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as f

    spark = (
        SparkSession.builder.master(f"local[{threads}]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.legacy.timeParserPolicy", "CORRECTED")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")

    def expression(index, name):
        column, rule = f.col(f"`{name}`"), rule_of(index)
        if rule == "upper":
            column = f.upper(column)
        elif rule == "date":
            date = f.date_format(f.to_date(column, "M/d/yyyy"), "yyyy-MM-dd")
            column = f.coalesce(date, f.lit("Invalid-Date"))
        elif rule == "round":
            number = f.bround(column.cast("decimal(38,10)"), 0).cast("long").cast("string")
            column = f.coalesce(number, f.lit("Invalid-Number"))
        return column.alias(name)

    frame = spark.read.csv(source, header=True).select(
        *(expression(index, name) for index, name in enumerate(columns))
    )
    frame.write.csv(target, header=True, compression="gzip" if compressed else "none")
    gateway = spark.sparkContext._gateway
    spark.stop()
    # Wait for Spark's JVM, so that its cost is counted.
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()


{"duckdb": by_duckdb, "polars": by_polars, "pyspark": by_pyspark}[engine]()
