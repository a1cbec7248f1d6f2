/** Steps for the Firestore database, its expiry and its indexes, and for the bucket of the source files. */
import { COMPOSITE_INDEXES, UNINDEXED_FIELDS } from '../declared/document-indexes.ts';
import { TTL_FIELDS } from '../../shared/derive/document-ttl.ts';
import type { Observed } from './observed.ts';
import { gcloud, type Step, type StepContext } from './step.ts';

/** Creates the database when it is missing. */
export function databaseSteps(context: StepContext, { database }: Observed): Step[] {
  const { target } = context.deployment;
  if (database !== undefined) return [];
  return [
    {
      what: `database ${target.database}`,
      change: 'create',
      because: [],
      commands: [
        gcloud(
          context,
          'firestore',
          'databases',
          'create',
          `--database=${target.database}`,
          `--location=${target.region}`,
          '--type=firestore-native',
          '--delete-protection',
        ),
      ],
    },
  ];
}

/**
 * Sets the expiry and the indexes that are missing. Firestore finishes this work after the commands have
 * returned.
 */
export function indexSteps(context: StepContext, observed: Observed): Step[] {
  const database = `--database=${context.deployment.target.database}`;
  const group = (collection: string): string => `--collection-group=${collection}`;
  const ttls = TTL_FIELDS.filter(({ collection, field }) => !observed.ttls.has(`${collection}/${field}`)).map(
    ({ collection, field }): Step => ({
      what: `expiry of ${collection}`,
      change: 'create',
      because: [],
      commands: [
        gcloud(
          context,
          'firestore',
          'fields',
          'ttls',
          'update',
          field,
          group(collection),
          database,
          '--enable-ttl',
          '--async',
        ),
      ],
    }),
  );
  const unindexed = UNINDEXED_FIELDS.filter(
    ({ collection, field }) => !observed.unindexed.has(`${collection}/${field}`),
  ).map(({ collection, field }): Step => ({
    what: `no index of ${collection}.${field}`,
    change: 'create',
    because: [],
    commands: [
      gcloud(
        context,
        'firestore',
        'indexes',
        'fields',
        'update',
        field,
        group(collection),
        database,
        '--disable-indexes',
        '--async',
      ),
    ],
  }));
  const composites = COMPOSITE_INDEXES.filter(
    ({ collection, fields }) => !observed.composites.has(`${collection}/${fields.join(',')}`),
  ).map(({ collection, fields }): Step => ({
    what: `index of ${collection} on ${fields.join(' and ')}`,
    change: 'create',
    because: [],
    commands: [
      gcloud(
        context,
        'firestore',
        'indexes',
        'composite',
        'create',
        group(collection),
        database,
        '--query-scope=collection',
        ...fields.map((field) => `--field-config=field-path=${field},order=ascending`),
        '--async',
      ),
    ],
  }));
  return [...ttls, ...unindexed, ...composites];
}

/** Why the database or the bucket cannot be used: it is in another location. */
export function documentRefusals(context: StepContext, { database, bucket }: Observed): string[] {
  const { target } = context.deployment;
  return [
    ...(database === undefined || database.location === target.region
      ? []
      : [
          `the database ${target.database} is in ${database.location}, and a database cannot move: deploy with --region ${database.location}, or with another --database`,
        ]),
    ...(bucket === undefined || bucket.location.toLowerCase() === target.location.toLowerCase()
      ? []
      : [
          `the bucket ${target.bucket} is in ${bucket.location}, not ${target.location}: deploy with --location ${bucket.location}, or with another --bucket`,
        ]),
  ];
}

/** Creates the bucket when it is missing, and makes it private when it is not. */
export function bucketSteps(context: StepContext, { bucket }: Observed): Step[] {
  const { target } = context.deployment;
  const what = `bucket ${target.bucket}`;
  const isPrivate = ['--uniform-bucket-level-access', '--public-access-prevention'];
  const url = `gs://${target.bucket}`;
  if (bucket === undefined)
    return [
      {
        what,
        change: 'create',
        because: [],
        commands: [
          gcloud(context, 'storage', 'buckets', 'create', url, `--location=${target.location}`, ...isPrivate),
        ],
      },
    ];
  if (bucket.isPrivate) return [];
  return [
    {
      what,
      change: 'update',
      because: ['it could be made public'],
      commands: [gcloud(context, 'storage', 'buckets', 'update', url, ...isPrivate)],
    },
  ];
}
