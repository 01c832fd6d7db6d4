// @ts-check
// The same Express app, observed by one library or by none.
import { discard } from './discarded-spans.mjs';
import { load } from './peers.mjs';

/** Paths asked for in rotation: a mounted route with a parameter, one with two, and a plain one. */
export const PATHS = ['/api/users/42', '/api/users/42/orders/7', '/health'];

/**
 * Puts a library in front of an app, as its own documentation has it, with method and path as labels.
 * `text` gives what it has recorded.
 *
 * @typedef {{ prepare?: () => void, observe: (app: any) => () => string | Promise<string> }} Variant
 */

/** @type {Record<string, Variant>} */
const VARIANTS = {
  bare: { observe: () => () => '' },
  'an empty middleware': {
    observe(app) {
      app.use((/** @type {any} */ _req, /** @type {any} */ _res, /** @type {() => void} */ next) => next());
      return () => '';
    },
  },

  sightline: { observe: app => observeWith(app, {}) },
  'sightline, no process metrics': { observe: app => observeWith(app, { metrics: { process: false } }) },
  'sightline, traced': {
    observe: app => observeWith(app, { service: 'bench', tracing: { exporter: discard(), sampleRatio: 0.1 } }),
  },

  'prom-client by hand': {
    observe(app) {
      const { Counter, Histogram, Registry } = load('prom-client');
      const registers = [new Registry()];
      const requests = new Counter({
        name: 'http_requests_total',
        help: 'requests',
        labelNames: ['method', 'endpoint', 'status_code'],
        registers,
      });
      const duration = new Histogram({
        name: 'http_request_duration_seconds',
        help: 'duration',
        labelNames: ['method', 'endpoint'],
        buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        registers,
      });
      app.use((/** @type {any} */ req, /** @type {any} */ res, /** @type {() => void} */ next) => {
        const start = performance.now();
        res.once('close', () => {
          const { method } = req;
          const endpoint = req.route === undefined ? 'unmatched' : req.baseUrl + req.route.path;
          requests.inc({ method, endpoint, status_code: res.statusCode });
          duration.observe({ method, endpoint }, (performance.now() - start) / 1_000);
        });
        next();
      });
      return () => registers[0].metrics();
    },
  },
  'express-prom-bundle': {
    observe(app) {
      app.use(load('express-prom-bundle')({ includeMethod: true, includePath: true }));
      return globalMetrics;
    },
  },
  '@promster/express': {
    observe(app) {
      app.use(load('@promster/express').createMiddleware({ app }));
      return globalMetrics;
    },
  },
  'prometheus-api-metrics': {
    observe(app) {
      app.use(load('prometheus-api-metrics')());
      return globalMetrics;
    },
  },

  'OpenTelemetry http + express': {
    // Before http and Express are loaded: it patches them as they are.
    prepare() {
      const { BatchSpanProcessor, NodeTracerProvider, ParentBasedSampler, TraceIdRatioBasedSampler } =
        load('@opentelemetry/sdk-trace-node');
      new NodeTracerProvider({
        sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.1) }),
        spanProcessors: [new BatchSpanProcessor(discard())],
      }).register();
      const { HttpInstrumentation } = load('@opentelemetry/instrumentation-http');
      const { ExpressInstrumentation } = load('@opentelemetry/instrumentation-express');
      // Each takes effect when it is made.
      void [new HttpInstrumentation(), new ExpressInstrumentation()];
    },
    observe: () => () => '',
  },
};

/**
 * @param {any} app
 * @param {object} options of the monitor
 */
function observeWith(app, options) {
  const monitor = load('sightline').createMonitor(options);
  app.use(load('sightline/express').monitorRequests({ monitor }));
  return () => monitor.registry.metrics();
}

/** What is in the registry that the others share. */
function globalMetrics() {
  return load('prom-client').register.metrics();
}

/**
 * Makes the app and its server, for one variant a process.
 *
 * @param {string} name
 */
export function createServer(name) {
  const variant = VARIANTS[name];
  if (variant === undefined) throw new Error(`There is no variant ${name}`);
  variant.prepare?.();
  const http = load('http');
  const express = load('express');
  const app = express();
  const text = variant.observe(app);
  const api = express.Router();
  api.get('/users/:id', (/** @type {any} */ req, /** @type {any} */ res) => {
    res.json({ id: req.params.id, name: 'Ada Lovelace', email: 'ada@example.org', roles: ['author', 'editor'] });
  });
  api.get('/users/:id/orders/:order', (/** @type {any} */ req, /** @type {any} */ res) => {
    res.json({ id: req.params.order, user: req.params.id, total: 12.5, currency: 'EUR' });
  });
  app.use('/api', api);
  app.get('/health', (/** @type {any} */ _req, /** @type {any} */ res) => {
    res.json({ ok: true });
  });
  return { server: http.createServer(app), text };
}
