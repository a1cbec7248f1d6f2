/** The registry of all tables: every folder of `functions/processors`, with its SQL. */
import { codeFingerprintOf } from '../../shared/domain/code-fingerprint.ts';
import { buildRegistry, type RegisteredTable, type Registry } from '../../shared/domain/registry.ts';
import { isComputed, type TableDefinition } from '../../shared/domain/table.ts';
import { hashOfCode } from './code-hash.ts';
import { CODE } from './code.ts';
import { definitions } from './index.ts';
import { readSql } from './load-sql.ts';

/** A definition with the SQL and the code of its folder. @throws Error when the folder lacks what its kind of table needs */
function register(definition: TableDefinition): RegisteredTable {
  const query = readSql(definition.name, 'query.sql');
  const expectedQuery = readSql(definition.name, 'expected.sql');
  const checksQuery = readSql(definition.name, 'checks.sql');
  const compute = CODE[definition.name];
  const { rowsFrom } = definition;
  if ((rowsFrom === 'query') !== (query !== undefined))
    throw new Error(`The folder of ${definition.name} needs query.sql if and only if a query makes its rows`);
  if ((rowsFrom === 'code') !== (compute !== undefined))
    throw new Error(`The folder of ${definition.name} needs compute.ts if and only if code makes its rows`);
  if (isComputed(definition) && expectedQuery === undefined)
    throw new Error(`The folder of ${definition.name} needs expected.sql`);
  return {
    definition,
    codeFingerprint: codeFingerprintOf(definition, compute === undefined ? query : hashOfCode(compute)),
    ...(query === undefined ? {} : { query }),
    ...(compute === undefined ? {} : { compute: compute.load }),
    ...(expectedQuery === undefined ? {} : { expectedQuery }),
    ...(checksQuery === undefined ? {} : { checksQuery }),
  };
}

/** @throws Error that names the table and the fault when the definitions do not fit together */
export function loadRegistry(): Registry {
  return buildRegistry(definitions.map(register));
}
