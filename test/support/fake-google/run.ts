/** Cloud Run, its services and jobs, and what a deployment from sources uses beside it: a repository of images and builds that succeed at once. */
import { failure } from './failure.ts';
import { fieldsOf, textOf } from './world.ts';
import type { Fields, Answer, Json, Route, World } from './world.ts';

const AT = '2026-01-01T00:00:00Z';
const SERVICES = '^/apis/serving\\.knative\\.dev/v1/namespaces/[^/]+/services';

function keyOf(host: string, name: string): string {
  return `run ${host} ${name}`;
}

/** A service that is ready, with its revision, from what was asked for. */
function ready(world: World, host: string, given: Fields, before: Fields | undefined): Fields {
  const metadata = fieldsOf(given['metadata']);
  const name = textOf(metadata['name']);
  const region = host.split('-run.')[0] ?? '';
  const template = fieldsOf(fieldsOf(given['spec'])['template']);
  const generation = Number(fieldsOf(before?.['metadata'])['generation'] ?? 0) + 1;
  const asked = fieldsOf(template['metadata'])['name'];
  const revision = typeof asked === 'string' ? asked : `${name}-${String(generation).padStart(5, '0')}-abc`;
  const url = `https://${name}-${world.projectNumber}.${region}.run.app`;
  const condition = (type: string): Json => ({ type, status: 'True', lastTransitionTime: AT });
  return {
    ...given,
    metadata: {
      ...metadata,
      generation,
      resourceVersion: `v${generation}`,
      uid: '1',
      creationTimestamp: AT,
      selfLink: '',
    },
    status: {
      observedGeneration: generation,
      conditions: ['Ready', 'ConfigurationsReady', 'RoutesReady'].map(condition),
      latestReadyRevisionName: revision,
      latestCreatedRevisionName: revision,
      traffic: [{ revisionName: revision, percent: 100, latestRevision: true }],
      url,
      address: { url },
    },
  };
}

function put(world: World, host: string, given: Fields): Answer {
  const name = textOf(fieldsOf(given['metadata'])['name']);
  const before = world.resources.get(keyOf(host, name));
  const service = ready(world, host, given, before === undefined ? undefined : fieldsOf(before));
  world.resources.set(keyOf(host, name), service);
  return { body: service };
}

const JOBS = '^/apis/run\\.googleapis\\.com/v1/namespaces/[^/]+/jobs';

/** A job that is ready, from what was asked for. */
function putJob(world: World, host: string, given: Fields): Answer {
  const metadata = fieldsOf(given['metadata']);
  const name = textOf(metadata['name']);
  const key = `jobs ${host} ${name}`;
  const before = fieldsOf(world.resources.get(key));
  const generation = Number(fieldsOf(before['metadata'])['generation'] ?? 0) + 1;
  const job: Fields = {
    ...given,
    metadata: { ...metadata, generation, resourceVersion: `v${generation}`, uid: '1', creationTimestamp: AT },
    status: {
      observedGeneration: generation,
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: AT }],
    },
  };
  world.resources.set(key, job);
  return { body: job };
}

const jobRoutes: readonly Route[] = [
  {
    api: 'run',
    method: 'GET',
    path: new RegExp(`${JOBS}$`),
    answer: ({ world, request }) => ({
      body: {
        kind: 'JobList',
        apiVersion: 'run.googleapis.com/v1',
        metadata: {},
        items: [...world.resources]
          .filter(([key]) => key.startsWith(`jobs ${request.host} `))
          .map(([, value]) => value),
      },
    }),
  },
  {
    api: 'run',
    method: 'GET',
    path: new RegExp(`${JOBS}/([^/]+)$`),
    answer: ({ world, request, parts }) => {
      const found = world.resources.get(`jobs ${request.host} ${parts[0]}`);
      return found === undefined
        ? { status: 404, body: failure(404, 'NOT_FOUND', `Resource '${parts[0]}' was not found`) }
        : { body: found };
    },
  },
  ...(['POST', 'PUT'] as const).map((method): Route => ({
    api: 'run',
    method,
    path: new RegExp(`${JOBS}(?:/[^/]+)?$`),
    answer: ({ world, request }) => putJob(world, request.host, fieldsOf(request.body)),
  })),
  {
    api: 'cloudbuild',
    method: 'POST',
    path: /^\/v1\/projects\/([^/]+)\/locations\/([^/]+)\/builds$/,
    answer: ({ world, parts, request }) => {
      // Builds are no part of a deployment, so the next one takes the place of this one.
      const id = 'build-of-an-image';
      const build: Fields = {
        ...fieldsOf(request.body),
        ...{ id, projectId: parts[0] ?? '', status: 'SUCCESS', logUrl: `http://logs.test/${id}` },
        name: `projects/${world.projectNumber}/locations/${parts[1]}/builds/${id}`,
      };
      world.resources.set(`cloudbuild ${id}`, build);
      return {
        body: {
          name: `operations/build/${parts[0]}/${id}`,
          metadata: {
            '@type': 'type.googleapis.com/google.devtools.cloudbuild.v1.BuildOperationMetadata',
            build,
          },
          done: false,
        },
      };
    },
  },
  {
    api: 'cloudbuild',
    method: 'GET',
    path: /^\/v1\/projects\/[^/]+\/locations\/[^/]+\/builds\/([^/]+)$/,
    answer: ({ world, parts }) => ({ body: world.resources.get(`cloudbuild ${parts[0]}`) ?? {} }),
  },
];

export const runRoutes: readonly Route[] = [
  ...jobRoutes,
  // The services of every region.
  {
    api: 'run',
    method: 'GET',
    path: /^\/v1\/projects\/[^/]+\/locations\/-\/services$/,
    answer: ({ world }) => ({
      body: {
        kind: 'ServiceList',
        items: [...world.resources]
          .filter(([key, value]) => key.startsWith('run ') && fieldsOf(value)['status'] !== undefined)
          .map(([, value]) => value),
      },
    }),
  },
  {
    api: 'run',
    method: 'GET',
    path: new RegExp(`${SERVICES}/([^/]+)$`),
    answer: ({ world, request, parts }) => {
      const found = world.resources.get(keyOf(request.host, parts[0] ?? ''));
      return found === undefined
        ? { status: 404, body: failure(404, 'NOT_FOUND', `Resource '${parts[0]}' was not found`) }
        : { body: found };
    },
  },
  {
    api: 'run',
    method: 'GET',
    path: new RegExp(`${SERVICES}$`),
    answer: ({ world, request }) => ({
      body: {
        kind: 'ServiceList',
        apiVersion: 'serving.knative.dev/v1',
        metadata: {},
        items: [...world.resources]
          .filter(([key]) => key.startsWith(keyOf(request.host, '')))
          .map(([, value]) => value),
      },
    }),
  },
  {
    api: 'run',
    method: 'POST',
    path: new RegExp(`${SERVICES}$`),
    answer: ({ world, request }) => put(world, request.host, fieldsOf(request.body)),
  },
  {
    api: 'run',
    method: 'PUT',
    path: new RegExp(`${SERVICES}/[^/]+$`),
    answer: ({ world, request }) => put(world, request.host, fieldsOf(request.body)),
  },
  {
    api: 'run',
    method: 'DELETE',
    path: new RegExp(`${SERVICES}/([^/]+)$`),
    answer: ({ world, request, parts }) => {
      world.resources.delete(keyOf(request.host, parts[0] ?? ''));
      return { body: { kind: 'Status', status: 'Success' } };
    },
  },
  ...(['GET', 'POST'] as const).map((method): Route => ({
    api: 'run',
    method,
    path: /^\/v1\/(projects\/[^/]+\/locations\/[^/]+\/(?:services|jobs)\/[^/:]+):getIamPolicy$/,
    answer: ({ world, parts }) => ({
      body: world.policies.get(`run ${parts[0]}`) ?? { version: 1, etag: 'AA==', bindings: [] },
    }),
  })),
  {
    api: 'run',
    method: 'POST',
    path: /^\/v1\/(projects\/[^/]+\/locations\/[^/]+\/(?:services|jobs)\/[^/:]+):setIamPolicy$/,
    answer: ({ world, parts, request }) => {
      const policy = { ...fieldsOf(fieldsOf(request.body)['policy']), etag: 'AQ==' };
      world.policies.set(`run ${parts[0]}`, policy);
      return { body: policy };
    },
  },
  {
    api: 'run',
    method: 'POST',
    path: /^\/v2\/projects\/([^/]+)\/locations\/([^/]+)\/builds:submit$/,
    answer: ({ world, parts }) => {
      world.counter += 1;
      const id = `build-${world.counter}`;
      const name = `projects/${world.projectNumber}/locations/${parts[1]}/builds/${id}`;
      const build = {
        name,
        id,
        projectId: parts[0] ?? '',
        status: 'WORKING',
        logUrl: `http://logs.test/${id}`,
      };
      return {
        body: {
          buildOperation: {
            name: `operations/build/${parts[0]}/${id}`,
            metadata: {
              '@type': 'type.googleapis.com/google.devtools.cloudbuild.v1.BuildOperationMetadata',
              build,
            },
            done: false,
          },
          baseImageUri: `${parts[1]}-docker.pkg.dev/serverless-runtimes/google-24/runtimes/nodejs24`,
        },
      };
    },
  },
  {
    api: 'cloudbuild',
    method: 'GET',
    path: /^\/v1\/projects\/([^/]+)\/locations\/([^/]+)\/operations\/([^/]+)$/,
    answer: ({ world, parts }) => ({
      body: {
        name: `projects/${parts[0]}/locations/${parts[1]}/operations/${parts[2]}`,
        done: true,
        response: {
          '@type': 'type.googleapis.com/google.devtools.cloudbuild.v1.Build',
          id: parts[2] ?? '',
          name: `projects/${world.projectNumber}/locations/${parts[1]}/builds/${parts[2]}`,
          status: 'SUCCESS',
          results: { images: [{ name: 'image', digest: `sha256:${'0'.repeat(64)}` }] },
        },
      },
    }),
  },
  {
    api: 'artifactregistry',
    method: 'GET',
    path: /^\/v1\/(projects\/[^/]+\/locations\/[^/]+\/repositories\/[^/]+)$/,
    answer: ({ world, parts }) => {
      const found = world.resources.get(`artifactregistry ${parts[0]}`);
      return found === undefined
        ? { status: 404, body: failure(404, 'NOT_FOUND', `${parts[0]} does not exist`) }
        : { body: found };
    },
  },
  {
    api: 'artifactregistry',
    method: 'POST',
    path: /^\/v1\/(projects\/[^/]+\/locations\/[^/]+)\/repositories$/,
    answer: ({ world, parts, request }) => {
      const name = `${parts[0]}/repositories/${request.query['repositoryId']}`;
      if (world.resources.has(`artifactregistry ${name}`))
        return { status: 409, body: failure(409, 'ALREADY_EXISTS', 'the repository already exists') };
      const repository = { ...fieldsOf(request.body), name };
      world.resources.set(`artifactregistry ${name}`, repository);
      return { body: { name: `${parts[0]}/operations/${request.query['repositoryId']}`, done: false } };
    },
  },
  {
    api: 'artifactregistry',
    method: 'GET',
    path: /^\/v1\/(projects\/[^/]+\/locations\/[^/]+)\/operations\/([^/]+)$/,
    answer: ({ parts }) => ({
      body: {
        name: `${parts[0]}/operations/${parts[1]}`,
        done: true,
        response: {
          '@type': 'type.googleapis.com/google.devtools.artifactregistry.v1.Repository',
          name: `${parts[0]}/repositories/${parts[1]}`,
        },
      },
    }),
  },
];
