/** Steps for the expiry and the indexes of the documents. */
import { COMPOSITE_INDEXES, UNINDEXED_FIELDS } from '../declared/document-indexes.ts';
import { TTL_FIELDS } from '../../shared/derive/document-ttl.ts';
import type { Observed } from './observed.ts';
import { gcloud, type Step, type StepContext } from './step.ts';

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
