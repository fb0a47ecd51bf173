// Verifies a Sigstore bundle with @sigstore/verify, offline and with nothing but a public key.
//
//	node sigstore_verify.mjs MODULES KEY.pub BUNDLE.json    MODULES: the folder in which npm installed it
//
// Ends with 0 and prints the envelope's payload type, or with 1 and says why the bundle is refused.
import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [modules, keyFile, bundleFile] = process.argv.slice(2);
const load = createRequire(`${modules}/package.json`);
const { bundleFromJSON } = load('@sigstore/bundle');
const { Verifier, toSignedEntity, toTrustMaterial } = load('@sigstore/verify');

const rawBytes = createPublicKey(readFileSync(keyFile)).export({ type: 'spki', format: 'der' });
const hint = createHash('sha256').update(rawBytes).digest('base64');
const trusted = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
const noLogs = { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 };

try {
	const bundle = bundleFromJSON(JSON.parse(readFileSync(bundleFile, 'utf8')));
	new Verifier(toTrustMaterial(trusted, { [hint]: { rawBytes } }), noLogs).verify(toSignedEntity(bundle));
	console.log(bundle.content.dsseEnvelope.payloadType);
} catch (error) {
	console.error(`refused: ${error.message}`);
	process.exit(1);
}
