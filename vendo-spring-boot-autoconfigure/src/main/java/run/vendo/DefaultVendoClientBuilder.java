package run.vendo;

/**
 * Builds the blocking front door.
 */
final class DefaultVendoClientBuilder extends AbstractVendoClientBuilder<VendoClient, VendoClient.Builder>
		implements VendoClient.Builder {

	DefaultVendoClientBuilder(ClientSettings settings) {
		super(settings);
	}

	@Override
	public VendoClient build() {
		return buildCore().blocking;
	}

}
