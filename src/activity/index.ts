// eslint-disable-next-line no-restricted-syntax -- an app that imports this has what its monitor needs of it
import './register.js';

export { ACTIVE_WINDOWS } from './active-windows.js';
export type { UserActivity } from './user-activity.js';
export type { ActiveWindow, ActivityEvent, ActivityHour, ActivityStats, OnlineUsers } from './activity-event.js';
export type { ActivityOptions } from './options.js';
export type { UserId } from './stored-ids.js';
