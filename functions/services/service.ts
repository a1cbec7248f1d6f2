/** What every service module of this folder exports. */
import type { Handler } from '../../shared/ports/bus.ts';
import type { HandlerContext } from '../steps/context.ts';

/** Makes the handler of the deliveries of one kind of service. */
export type ServiceHandler<Context = HandlerContext> = (context: Context) => Handler;
