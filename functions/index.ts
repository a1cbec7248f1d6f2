/**
 * Composition root of what is deployed: one function for each service, over the ports of the configured target. A
 * deployed bundle holds one of them; here they are together, for one process that serves several.
 */
import type { Config } from '../shared/config.ts';
import { services } from '../shared/derive/services.ts';
import { SERVICES } from './services/index.ts';
import type { HandlerContext } from './steps/context.ts';
import { openService, registerService } from './targets/cloud/function.ts';

let embedded: Promise<HandlerContext> | undefined;

/** The context of the embedded target, once for the process. */
function embeddedContext(config: Config): Promise<HandlerContext> {
  embedded ??= openEmbedded(config).catch((error: unknown) => {
    embedded = undefined;
    throw error;
  });
  return embedded;
}

async function openEmbedded(config: Config): Promise<HandlerContext> {
  const { openClient, openWorkerOrRefuse } = await import('./targets/embedded/client.ts');
  const worker = await openWorkerOrRefuse(openClient(config), 'functions');
  // What the handlers publish is delivered in this process: there is no broker that could push it back.
  worker.dispatcher.start();
  return worker.context;
}

for (const { name, consumer } of services()) {
  registerService(name, async (config) => {
    const handler = SERVICES[consumer];
    if (config.target === 'embedded') {
      const context = await embeddedContext(config);
      return { context, handle: handler(context) };
    }
    const files =
      config.target === 'gcp'
        ? undefined
        : (await import('./targets/emulator/files.ts')).localArchive(config);
    return openService(config, Promise.resolve({ handler }), import('./targets/cloud/sources.ts'), files);
  });
}
