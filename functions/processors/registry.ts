/** The registry of all tables: every folder of `functions/processors`, with its SQL. */
import { codeFingerprintOf } from '../../shared/domain/code-fingerprint.ts';
import { buildRegistry, type RegisteredTable, type Registry } from '../../shared/domain/registry.ts';
import type { TableDefinition } from '../../shared/domain/table.ts';
import { definitions } from './index.ts';
import { readSql } from './load-sql.ts';

/** A definition with the SQL of its folder. @throws Error when a computed table has no query or no expectation */
function register(definition: TableDefinition): RegisteredTable {
  const query = readSql(definition.name, 'query.sql');
  const expectedQuery = readSql(definition.name, 'expected.sql');
  const checksQuery = readSql(definition.name, 'checks.sql');
  if (definition.kind === 'computed' && (query === undefined || expectedQuery === undefined)) {
    throw new Error(`The folder of ${definition.name} needs query.sql and expected.sql`);
  }
  return {
    definition,
    codeFingerprint: codeFingerprintOf(definition, query),
    ...(query === undefined ? {} : { query }),
    ...(expectedQuery === undefined ? {} : { expectedQuery }),
    ...(checksQuery === undefined ? {} : { checksQuery }),
  };
}

/** @throws Error that names the table and the fault when the definitions do not fit together */
export function loadRegistry(): Registry {
  return buildRegistry(definitions.map(register));
}
