/** What became of a run: records it and fans out to whatever depends on it. */
import { runCompleted } from '../../shared/messages/schemas.ts';
import { decoded } from '../edge/decoded.ts';
import { orchestrate } from '../handlers/orchestrate.ts';
import { contextOfRun } from '../steps/message-context.ts';
import type { ServiceHandler } from './service.ts';

export const handler: ServiceHandler = (context) => decoded(context, runCompleted, contextOfRun, orchestrate);
