/**
 * The targets `emulator` and `gcp`: live sources, and the context of the handler that asks them. Only its bundle holds what asks a
 * server on the internet, and only its function is given the keys of the operator.
 */
import { setTimeout } from 'node:timers/promises';
import { linesOf, sourceSettings, type Config, type SourceSettings } from '../../../shared/config.ts';
import { namesOf } from '../../../shared/derive/names.ts';
import { SOURCE_SECRET } from '../../../shared/derive/service-kinds.ts';
import type { ArchiveStore } from '../../../shared/ports/archive.ts';
import type { HandlerContext } from '../../steps/context.ts';
import { openHttp } from '../http.ts';
import { cloudArchive, openContext as openFiles } from './files.ts';

/** Milliseconds for which the settings of sources are used before they are read again. */
const SETTINGS_MS = 300_000;

/** How the settings of a process are read that runs on Google Cloud. */
const readers = new WeakMap<Config, () => Promise<SourceSettings>>();

/** The settings of live sources. On Google Cloud they are lines of a secret, which the operator may change at any time. */
function settingsNow(config: Config): Promise<SourceSettings> {
  if (config.target !== 'gcp') return Promise.resolve(config.sources);
  const { project, prefix } = config.cloud;
  const reader =
    readers.get(config) ??
    settingsOfSecret(async () => {
      const { secretText } = await import('../../../shared/adapters/gcp/secret-text.ts');
      return secretText(project, namesOf(prefix).resource(SOURCE_SECRET));
    });
  readers.set(config, reader);
  return reader();
}

/**
 * Makes what reads the settings that are lines of a secret. They are used for five minutes, and read again at once where they could not
 * be read. Without the secret, every source that needs a key is off.
 * @param text of the secret; undefined where there is none
 * @param ms milliseconds of a clock that never goes back
 */
export function settingsOfSecret(
  text: () => Promise<string | undefined>,
  ms: () => number = () => performance.now(),
): () => Promise<SourceSettings> {
  let known: { readonly at: number; readonly settings: Promise<SourceSettings> } | undefined;
  return () => {
    if (known !== undefined && ms() - known.at < SETTINGS_MS) return known.settings;
    const settings = text()
      .then((lines) => sourceSettings(linesOf(lines ?? '')))
      .catch((error: unknown) => {
        known = undefined;
        throw error;
      });
    known = { at: ms(), settings };
    return settings;
  };
}

/** The context of a handler that asks live sources. @param archive where the source files are */
export function openContext(config: Config, archive: ArchiveStore = cloudArchive(config)): HandlerContext {
  return {
    ...openFiles(config, archive),
    live: {
      ...{ http: openHttp(), settings: () => settingsNow(config), config },
      wait: (ms) => setTimeout(ms),
      random: Math.random,
    },
  };
}
