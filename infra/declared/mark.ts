/**
 * The mark of a deployment on its database. It is the setting of a collection that holds no documents, because gcloud can
 * make and read settings, but no documents. A collection can have one such setting, so a database belongs to one deployment.
 */
import { deploymentName, type DeployTarget } from './target.ts';

/** The collection whose setting is the mark. */
export const MARK_COLLECTION = 'fullcourt_deployments';

/** The field of the mark: the name of the deployment. */
export function markField(target: Pick<DeployTarget, 'prefix'>): string {
  return deploymentName(target);
}

/** Names of the deployments that have marked a database, from its fields with an expiry (`collection/field`). */
export function marksIn(ttls: Iterable<string>): string[] {
  return [...ttls].flatMap((key) => {
    const [collection, field] = key.split('/');
    return collection === MARK_COLLECTION && field !== undefined ? [field] : [];
  });
}
