/** Rows of BigQuery's client as the port has them. */
import type { Cell, Row } from '../../ports/warehouse.ts';

/** A row of the client as the port has it: dates as text, times to the millisecond. */
export function cellsOf(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellOf(value)]));
}

function cellOf(value: unknown): Cell {
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
      if (typeof wrapped !== 'string') return JSON.stringify(value);
      return /^\d{4}-\d{2}-\d{2}T/.test(wrapped) ? new Date(wrapped).toISOString() : wrapped;
    }
  }
}
