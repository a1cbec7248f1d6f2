/** Composition root of what is deployed: one function for each topic, over the ports of the configured target. */
import { cloudEvent } from '@google-cloud/functions-framework';
import { readConfig } from '../shared/config.ts';
import { topics } from '../shared/derive/topics.ts';
import type { App } from './handlers/app.ts';
import { functionFor } from './platform.ts';

let opening: Promise<App> | undefined;

/** Opened with the first message, once for each instance. */
function app(): Promise<App> {
  opening ??= openApp().catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}

async function openApp(): Promise<App> {
  const config = readConfig(process.env);
  if (config.target !== 'embedded')
    throw new Error(`The target ${config.target} is not available in this version`);
  const { openDesk, openPlantOrRefuse } = await import('./embedded.ts');
  const plant = await openPlantOrRefuse(openDesk(config), 'functions');
  // What the handlers publish is delivered in this process: there is no broker that could push it back.
  plant.engine.start();
  return plant.app;
}

for (const topic of topics()) cloudEvent(topic.name, functionFor(app, topic));
