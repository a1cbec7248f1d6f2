/** The service for `FetchRequested`: asks live sources about a date. */
import { fetchRequested } from '../../shared/messages/schemas.ts';
import { decoded } from '../edge/decoded.ts';
import { fetchDue } from '../handlers/fetch.ts';
import { contextOfFetch } from '../steps/message-context.ts';
import type { ServiceHandler } from './service.ts';

/** Handles requests of fetches; all messages of a fetch are in one trace. */
export const handler: ServiceHandler = (context) =>
  decoded(context, fetchRequested, contextOfFetch, fetchDue);
