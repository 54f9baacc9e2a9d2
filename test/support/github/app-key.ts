import { createVerify, generateKeyPairSync } from 'node:crypto';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The app's private key, made anew for each process. */
export const appPrivateKey = pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();

/** True for a JWT that the app `appId` has signed and that GitHub would still take. */
export function isAppJwt(jwt: string, appId: number): boolean {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const isSigned = createVerify('RSA-SHA256')
    .update(`${header}.${payload}`)
    .verify(pair.publicKey, Buffer.from(signature, 'base64url'));
  if (!isSigned) return false;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const nowSeconds = Date.now() / 1000;
  const [issued, expires] = [Number(claims['iat']), Number(claims['exp'])];
  return Number(claims['iss']) === appId && issued <= nowSeconds && expires > nowSeconds && expires - issued <= 660;
}
