/** Parses bq's answers on datasets and tables. */
import * as z from 'zod';
import type { ObservedDataset } from '../steps/observed.ts';
import type { ActualTable } from '../../shared/derive/migration.ts';

/** bq's answer on a dataset. */
export const datasetDocument = z.object({
  location: z.string().default(''),
  defaultTableExpirationMs: z.coerce.number().optional(),
  access: z.array(z.object({ role: z.string().default(''), userByEmail: z.string().optional() })).default([]),
});

const DAY_MS = 86_400_000;

/** A dataset in the form that a plan compares. */
export function observedDataset(found: z.infer<typeof datasetDocument>): ObservedDataset {
  const { location, defaultTableExpirationMs: ms } = found;
  return { location, defaultExpirationDays: ms === undefined || ms === 0 ? null : ms / DAY_MS };
}

/** Roles by the short names that a dataset has for them. */
const ROLES: Readonly<Record<string, string>> = {
  READER: 'roles/bigquery.dataViewer',
  WRITER: 'roles/bigquery.dataEditor',
  OWNER: 'roles/bigquery.dataOwner',
};

/** The roles on a dataset, each with its member. */
export function datasetRights(found: z.infer<typeof datasetDocument>): { role: string; member: string }[] {
  return found.access.flatMap(({ role, userByEmail }) =>
    userByEmail === undefined
      ? []
      : [
          {
            role: ROLES[role] ?? role,
            member: `${userByEmail.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user'}:${userByEmail}`,
          },
        ],
  );
}

/** bq's list of the tables and views of a dataset. */
export const tableList = z.array(
  z.object({ tableReference: z.object({ tableId: z.string() }), type: z.string().default('TABLE') }),
);

/** bq's answer on a table or a view. */
export const tableDocument = z.object({
  schema: z
    .object({
      fields: z
        .array(z.object({ name: z.string(), type: z.string(), mode: z.string().default('NULLABLE') }))
        .default([]),
    })
    .default({ fields: [] }),
  timePartitioning: z
    .object({
      type: z.string(),
      field: z.string().default('_PARTITIONTIME'),
      expirationMs: z.coerce.number().optional(),
      requirePartitionFilter: z.boolean().optional(),
    })
    .optional(),
  clustering: z.object({ fields: z.array(z.string()) }).optional(),
  requirePartitionFilter: z.boolean().optional(),
  expirationTime: z.coerce.number().optional(),
  view: z.object({ query: z.string() }).optional(),
});

/** GoogleSQL's types by the names that the table API has for them. */
const TYPES: Readonly<Record<string, string>> = { INTEGER: 'INT64', FLOAT: 'FLOAT64', BOOLEAN: 'BOOL' };

/** A table in the form that a migration compares. */
export function actualTable(found: z.infer<typeof tableDocument>): ActualTable {
  const { timePartitioning: partitioning } = found;
  return {
    columns: found.schema.fields.map(({ name, type, mode }) => ({
      name,
      type: TYPES[type] ?? type,
      mode: mode === 'REQUIRED' || mode === 'REPEATED' ? mode : 'NULLABLE',
    })),
    partitioning: partitioning === undefined ? null : { column: partitioning.field, unit: partitioning.type },
    clusterBy: found.clustering?.fields ?? [],
    requiresPartitionFilter:
      found.requirePartitionFilter ?? found.timePartitioning?.requirePartitionFilter ?? false,
    tableExpires: (found.expirationTime ?? 0) > 0,
    partitionDays: (partitioning?.expirationMs ?? 0) > 0 ? (partitioning?.expirationMs ?? 0) / DAY_MS : null,
  };
}
