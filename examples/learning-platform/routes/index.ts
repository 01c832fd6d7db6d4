import type { Request, Response } from 'express';

/** The way around, for a visitor. */
export function index(_request: Request, response: Response): void {
  response.json({
    name: 'Learning platform: an example of Sightline',
    metrics: '/metrics',
    open: ['GET /lessons', 'GET /lessons/:id', 'GET /lessons/:id/exercises', 'GET /lessons/:id/audio', 'GET /dictionary/:word'],
    signIn: 'POST /sessions {"email": "learner-1@example.com", "password": "practice-makes-perfect"}',
    signedIn: ['POST /exercises/:id/answers', 'POST /essays', 'GET /essays', 'GET /essays/:id/advice', 'GET /users/:id/progress', 'GET /announcements'],
    alerts: ['GET /alerting/alerts', 'POST /alerting/alerts/:id/acknowledge', 'POST /alerting/silences'],
    teachers: ['GET /admin/:school/students', 'GET /admin/:school/report', 'POST /admin/:school/announcements'],
  });
}
