/** Builds what the framework packages, and makes a package of the same content the same package. */
class FleetPatcherPlugin {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      'before:package:initialize': () => this.build(),
      'package:setupProviderConfiguration': () => this.nameDirectory(),
    };
  }

  async build() {
    const { bundleFunctions } = await import('./bundle.ts');
    const { writeArchives } = await import('./archives.ts');
    await bundleFunctions();
    this.archives = writeArchives(this.serverless.service.custom.policyFile);
  }

  async nameDirectory() {
    const { service, processedInput } = this.serverless;
    if (processedInput.commands[0] !== 'package') return;
    const { artifactDirectoryOf } = await import('./artifact-directory.ts');
    const provider = this.serverless.getProvider('aws');
    const directory = artifactDirectoryOf([this.archives, service.functions, service.resources]);
    const place = `${provider.getDeploymentPrefix()}/${service.service}/${provider.getStage()}`;
    service.package.artifactDirectoryName = `${place}/${directory}`;
  }
}

module.exports = FleetPatcherPlugin;
