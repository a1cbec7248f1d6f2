/** Which live sources may be asked, and how each is reached. */
import type { SourceSettings } from '../../shared/config.ts';
import type { AskedHost } from '../../shared/state/source-states.ts';
import type { Reaching } from './ask.ts';
import type { Source } from './source.ts';

/**
 * Why a source is not asked; undefined for one that is. `no key`: it needs a key. `off`: it needs none, and the operator has not said
 * that it may be asked, or has not set the address or the headers that it needs. `unproven`: its answers were never compared with real ones, and the operator has set neither its address nor
 * its headers.
 */
export function whyOff(
  { allowUnkeyed, key, access }: SourceSettings,
  source: Source,
): 'no key' | 'off' | 'unproven' | undefined {
  const { address, headers } = access[source.name] ?? {};
  if (source.key !== undefined && key(source.key.variable) === undefined) return 'no key';
  if (!source.proven && address === undefined && headers === undefined) return 'unproven';
  const isAllowed = allowUnkeyed && (source.needsConfiguration !== true || address !== undefined);
  if (source.key === undefined && !isAllowed && headers === undefined) return 'off';
  return undefined;
}

/** Whether a source is asked. */
export function isOn(settings: SourceSettings, source: Source): boolean {
  return whyOff(settings, source) === undefined;
}

/** What the operator does to have a source asked. */
export function howToSwitchOn(settings: SourceSettings, source: Source): string {
  const { name, key, needsConfiguration } = source;
  const headers = `FULLCOURT_SOURCE_${name.toUpperCase()}_HEADERS`;
  switch (whyOff(settings, source)) {
    case 'no key':
      return `set ${key?.variable ?? ''} to your key`;
    case 'unproven':
      return `it was never compared with real answers; set ${headers}, such as to {}, to ask it all the same`;
    default:
      return `set ${needsConfiguration === true ? headers : `FULLCOURT_ALLOW_UNKEYED=1, or ${headers},`} when you may use it`;
  }
}

/** How a source is reached. */
export function reachingOf({ access, key }: SourceSettings, source: Source): Reaching {
  return {
    ...access[source.name],
    key: source.key === undefined ? undefined : key(source.key.variable),
  };
}

/** Where a source is asked. */
export function hostOf({ access }: SourceSettings, { name, address }: Source): AskedHost {
  return { source: name, address: access[name]?.address ?? address };
}
