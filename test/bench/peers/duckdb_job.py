"""The job of a bench case in DuckDB. Arguments: rules, columns (JSON), threads, SQL for rules (JSON)."""

import json
import sys

import duckdb

rules = json.loads(sys.argv[1])
columns = json.loads(sys.argv[2])
sql = json.loads(sys.argv[4])
connection = duckdb.connect(config={"threads": int(sys.argv[3])})


def expression(index, name):
    column = '"' + name + '"'
    own = next((sql[rule] for rule in sql if index in rules[rule]), None)
    if own is not None:
        value = own.replace("{}", column)
    elif index in rules["upper"]:
        value = f"upper({column})"
    elif index in rules["date"]:
        value = f"coalesce(strftime(try_strptime({column}, '%m/%d/%Y'), '%Y-%m-%d'), 'Invalid-Date')"
    elif index in rules["round"]:
        # Halves of two-digit fractions are exact in a double, so half-even is too.
        value = f"coalesce(CAST(CAST(round_even(TRY_CAST({column} AS DOUBLE), 0) AS BIGINT) AS VARCHAR), 'Invalid-Number')"
    else:
        return column
    return f"{value} AS {column}"


select = ", ".join(expression(index, name) for index, name in enumerate(columns))
connection.execute("SET preserve_insertion_order = true")
connection.execute(
    f"COPY (SELECT {select} FROM read_csv('/dev/stdin', header = true, all_varchar = true, "
    "delim = ',', quote = '\"', escape = '\"', strict_mode = true)) "
    "TO '/dev/stdout' (FORMAT csv, HEADER true)"
)
