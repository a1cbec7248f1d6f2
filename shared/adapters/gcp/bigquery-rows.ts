/** Converts rows of BigQuery's client to rows of the warehouse port. */
import type { Cell, Row } from '../../ports/warehouse.ts';

/** One row of the client as a row of the port. Dates become text, and times ISO text to the millisecond. */
export function cellsOf(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellOf(value)]));
}

/** One value of the client as a cell of the port. */
export function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return value.toString();
    default: {
      const wrapped = (value as { value?: unknown }).value;
      if (typeof wrapped !== 'string') return JSON.stringify(nestedOf(value));
      return /^\d{4}-\d{2}-\d{2}T/.test(wrapped) ? new Date(wrapped).toISOString() : wrapped;
    }
  }
}

/** A list, or a row inside of a row, as a value of JSON. */
function nestedOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => nestedOf(each));
  if (typeof value !== 'object' || value === null || typeof (value as { value?: unknown }).value === 'string')
    return cellOf(value);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, nestedOf(each)]));
}
