/** The secret of a deployment: the settings of live sources, with the keys of the operator. */
import { SOURCES } from '../../functions/sources/index.ts';
import { SOURCE_SECRET } from '../../shared/derive/service-kinds.ts';
import type { Service } from '../../shared/derive/services.ts';
import { targetNames, type DeployTarget } from './target.ts';

/** A secret that the operator makes. Without it, and without a line of it, a source is off. */
export interface SecretSpec {
  /** Its name, with the prefix of the deployment. */
  readonly name: string;
  /** The variables of which it may have lines, such as `ODDS_API_KEY=...`. */
  readonly variables: readonly string[];
}

/** The secret of a deployment. */
export function secretSpec(target: Pick<DeployTarget, 'prefix'>): SecretSpec {
  const keys = SOURCES.flatMap(({ key }) => (key === undefined ? [] : [key.variable]));
  return {
    name: targetNames(target).resource(SOURCE_SECRET),
    variables: [...new Set(keys)].sort(),
  };
}

/** Whether a function may read the secret. */
export function readsSecret({ kind, phase }: Service): boolean {
  return kind.needs(phase) === 'sources';
}

/** What the operator is told of the secret, in lines. */
export function secretLines(target: DeployTarget): string[] {
  const { name, variables } = secretSpec(target);
  return [
    `Live sources are asked with the keys in the secret ${name}: one line NAME=VALUE for each of ${variables.join(', ')}. A source without its line is off (no key).`,
    `Make it from a file with such lines:  gcloud secrets create ${name} --project=${target.project} --data-file=FILE`,
  ];
}
