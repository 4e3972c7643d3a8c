package run.vendo;

/**
 * Builds the reactive front door.
 */
final class DefaultReactiveVendoClientBuilder
		extends AbstractVendoClientBuilder<ReactiveVendoClient, ReactiveVendoClient.Builder>
		implements ReactiveVendoClient.Builder {

	DefaultReactiveVendoClientBuilder(ClientSettings settings) {
		super(settings);
	}

	@Override
	public ReactiveVendoClient build() {
		return buildCore().reactive;
	}

}
