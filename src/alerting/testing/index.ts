export { alertsForTest, type AlertsForTest, type AlertsForTestOptions } from './alerts-for-test.js';
export { recordingChannel, type ChannelAnswer, type RecordingChannel, type RecordingChannelOptions } from './recording-channel.js';
export { createVirtualClock, type VirtualClock } from './virtual-clock.js';
