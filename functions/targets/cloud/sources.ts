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

const read = new WeakMap<Config, { readonly at: number; readonly settings: Promise<SourceSettings> }>();

/** The settings of live sources. On Google Cloud they are lines of a secret, which the operator may change at any time. */
function settingsNow(config: Config): Promise<SourceSettings> {
  if (config.target !== 'gcp') return Promise.resolve(config.sources);
  const known = read.get(config);
  if (known !== undefined && performance.now() - known.at < SETTINGS_MS) return known.settings;
  const settings = settingsOfSecret(config).catch((error: unknown) => {
    read.delete(config);
    throw error;
  });
  read.set(config, { at: performance.now(), settings });
  return settings;
}

async function settingsOfSecret({ cloud }: Config): Promise<SourceSettings> {
  const { secretText } = await import('../../../shared/adapters/gcp/secret-text.ts');
  const text = await secretText(cloud.project, namesOf(cloud.prefix).resource(SOURCE_SECRET));
  return sourceSettings(linesOf(text ?? ''));
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
