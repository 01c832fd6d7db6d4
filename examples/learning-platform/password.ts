import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** Much less work than a real app should ask for, so that the example starts fast. */
const COST = { N: 1_024 };

/** `salt:hash`. */
export async function hashPassword(password: string, salt: string = randomBytes(12).toString('hex')): Promise<string> {
  return `${salt}:${(await derive(password, salt)).toString('hex')}`;
}

/** Whether a password is the one that was hashed. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [salt = '', hash = ''] = stored.split(':');
  return timingSafeEqual(await derive(password, salt), Buffer.from(hash, 'hex'));
}

function derive(password: string, salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 32, COST, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
