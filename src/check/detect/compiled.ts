import { type Detector, present } from './ecosystem.js';

export const detectGo: Detector = (root) =>
  Promise.resolve(
    root.has('go.mod')
      ? { ecosystem: 'go', checks: present({ vet: 'go vet ./...', test: 'go test ./...' }) }
      : undefined,
  );

export const detectRust: Detector = async (root) => {
  if (!root.has('Cargo.toml')) return undefined;
  const isConfigured =
    root.first('clippy.toml', '.clippy.toml') !== undefined ||
    /^\s*\[(workspace\.)?lints\.clippy\]/m.test(await root.text('Cargo.toml'));
  const clippy = isConfigured ? 'cargo clippy --all-targets' : undefined;
  return { ecosystem: 'rust', checks: present({ format: 'cargo fmt --check', lint: clippy, test: 'cargo test' }) };
};

export const detectGradle: Detector = (root) => {
  const build = root.first('build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts');
  const command = root.has('gradlew') ? './gradlew test' : 'gradle test';
  return Promise.resolve(
    build === undefined ? undefined : { ecosystem: 'gradle', checks: [{ name: 'test', command }] },
  );
};

export const detectMaven: Detector = (root) => {
  const command = root.has('mvnw') ? './mvnw -q test' : 'mvn -q test';
  return Promise.resolve(root.has('pom.xml') ? { ecosystem: 'maven', checks: [{ name: 'test', command }] } : undefined);
};
