import { versions } from '../../../versions';

/** Programs that build, look through and publish images. */
export const TOOLS = {
  buildkit: `docker.io/moby/buildkit:${versions.buildkit}-rootless`,
  syft: `docker.io/anchore/syft:${versions.syft}`,
  grype: `docker.io/anchore/grype:${versions.grype}`,
  cosign: `ghcr.io/sigstore/cosign/cosign:${versions.cosign}`,
  crane: `gcr.io/go-containerregistry/crane:${versions.crane}`,
} as const;

/** The user that the image of BuildKit maps to root within its own user namespace, by number. */
export const BUILDKIT_USER = 1000;

/** The account of all steps. */
export const ACCOUNT = 'image-builder';

/** Roles of pods: what builds, which is the exception to the restricted profile, and what does not. */
export const ROLES = { build: 'builder', check: 'checker' } as const;

/** Objects that steps name. */
export const NAMES = {
  template: 'build-image',
  /** `config.json` of Docker, with the credentials of the registry. */
  registry: 'registry-credentials',
  signingKey: 'image-signing-key',
  files: 'image-build-files',
} as const;

/** Keys of the Secret with the signing key, as `cosign generate-key-pair k8s://…` writes them. */
export const SIGNING_KEY = { key: 'cosign.key', password: 'cosign.password' } as const;
