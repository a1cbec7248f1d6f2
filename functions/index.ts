/**
 * Composition root of what is deployed: one function for each service, over the ports of the configured target. A
 * deployed bundle holds one of them; here they are together, for one process that serves several.
 */
import type { Config } from '../shared/config.ts';
import { services } from '../shared/derive/services.ts';
import { moduleOf, type ConsumerModule } from './services/module-of.ts';
import type { App } from './steps/context.ts';
import { registerService, type OpenConsumer } from './targets/cloud/function.ts';

const CONSUMERS: Readonly<Record<ConsumerModule, () => Promise<{ readonly open: OpenConsumer }>>> = {
  backfill: () => import('./services/backfill.ts'),
  run: () => import('./services/run.ts'),
  compute: () => import('./services/compute.ts'),
  orchestrate: () => import('./services/orchestrate.ts'),
  sweep: () => import('./services/sweep.ts'),
  'dead-letter': () => import('./services/dead-letter.ts'),
};

let embedded: Promise<App> | undefined;

/** The embedded target's app, once for the process. */
function embeddedApp(config: Config): Promise<App> {
  embedded ??= openEmbedded(config).catch((error: unknown) => {
    embedded = undefined;
    throw error;
  });
  return embedded;
}

async function openEmbedded(config: Config): Promise<App> {
  const { openDesk, openPlantOrRefuse } = await import('./targets/embedded/client.ts');
  const plant = await openPlantOrRefuse(openDesk(config), 'functions');
  // What the handlers publish is delivered in this process: there is no broker that could push it back.
  plant.engine.start();
  return plant.app;
}

for (const service of services()) {
  registerService(service.name, async (config) => {
    if (config.target !== 'embedded') {
      const { open } = await CONSUMERS[moduleOf(service)]();
      if (config.target === 'gcp') return open(config);
      const { localArchive } = await import('./targets/emulator/files.ts');
      return open(config, localArchive(config));
    }
    const app = await embeddedApp(config);
    const { handlerFor } = await import('./edge/subscribe.ts');
    return { app, handle: handlerFor(app, service.consumer) };
  });
}
