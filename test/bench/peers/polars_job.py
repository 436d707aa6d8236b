"""The job of a bench case in Polars. Arguments: rules, columns (JSON); POLARS_MAX_THREADS sets the threads."""

import json
import sys

import polars as pl

rules = json.loads(sys.argv[1])
columns = json.loads(sys.argv[2])


def expression(index, name):
    column = pl.col(name)
    if index in rules["upper"]:
        return column.str.to_uppercase()
    if index in rules["date"]:
        date = column.str.to_date("%m/%d/%Y", strict=False).dt.strftime("%Y-%m-%d")
        return date.fill_null(pl.lit("Invalid-Date"))
    if index in rules["round"]:
        # Halves of two-digit fractions are exact in a double, so half-even is too.
        number = column.cast(pl.Float64, strict=False).round(0, mode="half_to_even").cast(pl.Int64)
        return number.cast(pl.String).fill_null(pl.lit("Invalid-Number"))
    return column


frame = pl.read_csv(sys.stdin.buffer, infer_schema=False)
frame = frame.select(expression(index, name) for index, name in enumerate(columns))
frame.write_csv("/dev/stdout")
