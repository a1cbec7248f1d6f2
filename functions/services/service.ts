/** What every module of this folder exports: the handler of the deliveries of one kind of service. */
import type { Handler } from '../../shared/ports/bus.ts';
import type { HandlerContext } from '../steps/context.ts';

export type ServiceHandler<Context = HandlerContext> = (context: Context) => Handler;
