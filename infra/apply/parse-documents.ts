/** Parses gcloud's answers on Firestore, the bucket, rights, metrics, alert policies and dashboards. */
import * as z from 'zod';
import type { DeployTarget } from '../declared/target.ts';
import type { ObservedBucket, ObservedDatabase, ObservedDocument } from '../steps/observed.ts';

/** gcloud's answer on the database. */
export const databaseDocument = z.object({
  locationId: z.string().default(''),
  type: z.string().default(''),
  pointInTimeRecoveryEnablement: z.string().default(''),
});

/** gcloud's list of the schedules of backups. */
export const backupList = z.array(z.object({ name: z.string(), dailyRecurrence: z.unknown().optional() }));

/** A database in the form that a plan compares. */
export function observedDatabase(
  found: z.infer<typeof databaseDocument>,
  backups: z.infer<typeof backupList>,
): ObservedDatabase {
  return {
    location: found.locationId,
    isNative: found.type === 'FIRESTORE_NATIVE',
    isRecoverable: found.pointInTimeRecoveryEnablement === 'POINT_IN_TIME_RECOVERY_ENABLED',
    hasDailyBackup: backups.some(({ dailyRecurrence }) => dailyRecurrence !== undefined),
  };
}

/** Fields that have their own settings. Their names end in `collectionGroups/COLLECTION/fields/FIELD`. */
export const fieldList = z.array(
  z.object({
    name: z.string(),
    ttlConfig: z.object({ state: z.string().default('') }).optional(),
    indexConfig: z.object({ indexes: z.array(z.unknown()).default([]) }).optional(),
  }),
);

/** `collection/field`, from the full name of a field. */
export function fieldKey(name: string): string {
  const [, collection = '', field = ''] = /collectionGroups\/([^/]+)\/fields\/(.+)$/.exec(name) ?? [];
  return `${collection}/${field.replaceAll('`', '')}`;
}

/** gcloud's list of composite indexes. */
export const indexList = z.array(
  z.object({
    name: z.string(),
    state: z.string().default('READY'),
    fields: z.array(z.object({ fieldPath: z.string() })).default([]),
  }),
);

/** `collection/field,field` of an index. The field `__name__`, which ends every index, is left out. */
export function indexKey({ name, fields }: z.infer<typeof indexList>[number]): string {
  const [, collection = ''] = /collectionGroups\/([^/]+)\//.exec(name) ?? [];
  const paths = fields.map(({ fieldPath }) => fieldPath).filter((path) => path !== '__name__');
  return `${collection}/${paths.join(',')}`;
}

/** The answer of the storage API on the bucket. */
export const bucketDocument = z.object({
  location: z.string().default(''),
  projectNumber: z.union([z.string(), z.number()]).default(''),
  iamConfiguration: z
    .object({
      publicAccessPrevention: z.string().default(''),
      uniformBucketLevelAccess: z.object({ enabled: z.boolean().default(false) }).default({ enabled: false }),
    })
    .default({ publicAccessPrevention: '', uniformBucketLevelAccess: { enabled: false } }),
  versioning: z.object({ enabled: z.boolean().default(false) }).default({ enabled: false }),
});

/** A bucket in the form that a plan compares. */
export function observedBucket(
  { location, projectNumber, iamConfiguration, versioning }: z.infer<typeof bucketDocument>,
  target: Pick<DeployTarget, 'projectNumber'>,
): ObservedBucket {
  const { uniformBucketLevelAccess, publicAccessPrevention } = iamConfiguration;
  return {
    location,
    isOwn: String(projectNumber) === target.projectNumber,
    isPrivate: uniformBucketLevelAccess.enabled && publicAccessPrevention === 'enforced',
    isVersioned: versioning.enabled,
  };
}

/** gcloud's list of metrics, alert policies or dashboards. */
export const documentList = z.array(z.looseObject({ name: z.string(), displayName: z.string().optional() }));

/** Documents by display name, or by name when they have none. */
export function byDisplayName(found: z.infer<typeof documentList>): Map<string, ObservedDocument> {
  return new Map(
    found.map((document) => [document.displayName ?? document.name, { resource: document.name, document }]),
  );
}

/** gcloud's answer on the rights on a resource. */
export const policyDocument = z.object({
  bindings: z
    .array(
      z.object({
        role: z.string(),
        members: z.array(z.string()).default([]),
        condition: z.object({ expression: z.string().default('') }).optional(),
      }),
    )
    .default([]),
});
