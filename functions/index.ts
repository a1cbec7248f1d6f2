/**
 * Composition root of what is deployed: one function for each service, over the ports of the configured target. A
 * deployed bundle holds one of them; here they are together, for one process that serves several.
 */
import type { Config } from '../shared/config.ts';
import { services } from '../shared/derive/services.ts';
import { moduleOf, type ConsumerModule } from './consumers/module-of.ts';
import type { App } from './handlers/app.ts';
import { registerService, type OpenConsumer } from './serve-service.ts';

const CONSUMERS: Readonly<Record<ConsumerModule, () => Promise<{ readonly open: OpenConsumer }>>> = {
  backfill: () => import('./consumers/backfill.ts'),
  run: () => import('./consumers/run.ts'),
  compute: () => import('./consumers/compute.ts'),
  orchestrate: () => import('./consumers/orchestrate.ts'),
  sweep: () => import('./consumers/sweep.ts'),
  'dead-letter': () => import('./consumers/dead-letter.ts'),
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
  const { openDesk, openPlantOrRefuse } = await import('./embedded.ts');
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
      const { localArchive } = await import('./local-files.ts');
      return open(config, localArchive(config));
    }
    const app = await embeddedApp(config);
    const { handlerFor } = await import('./subscribe.ts');
    return { app, handle: handlerFor(app, service.consumer) };
  });
}
