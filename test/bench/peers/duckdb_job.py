"""The job of a bench case in DuckDB. Arguments: rules, columns (JSON), threads, SQL for rules, form (JSON)."""

import json
import sys

import duckdb

rules = json.loads(sys.argv[1])
columns = json.loads(sys.argv[2])
sql = json.loads(sys.argv[4])
form = json.loads(sys.argv[5])
delimiter = form.get("delimiter", ",")
null = form.get("null")
names = dict(form["select"] or [(name, name) for name in columns])
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
        value = column
    return f'{value} AS "{names[name]}"'


select = ", ".join(expression(columns.index(name), name) for name in names)
reading = f", nullstr = '{null}'" if null is not None else ""
writing = f", NULLSTR '{null}'" if null is not None else ""
connection.execute("SET preserve_insertion_order = true")
connection.execute(
    f"COPY (SELECT {select} FROM read_csv('/dev/stdin', header = true, all_varchar = true, "
    f"delim = '{delimiter}', quote = '\"', escape = '\"', strict_mode = true{reading})) "
    f"TO '/dev/stdout' (FORMAT csv, HEADER true, DELIMITER '{delimiter}'{writing})"
)
