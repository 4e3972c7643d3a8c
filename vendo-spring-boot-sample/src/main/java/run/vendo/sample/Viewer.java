package run.vendo.sample;

import java.util.Optional;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.web.ForRequest;
import run.vendo.sso.VendoIdentity;

import org.springframework.stereotype.Component;

/**
 * Whose connections a page shows: those of whoever is signed in at the Vendo proxy, else
 * the application's own.
 */
@Component
class Viewer {

	private final VendoClient vendo;

	private final VendoClient user;

	Viewer(VendoClient vendo, @ForRequest VendoClient user) {
		this.vendo = vendo;
		this.user = user;
	}

	/**
	 * Return the client to use during the current request.
	 */
	VendoClient client(Optional<VendoIdentity> identity) {
		return (identity.isPresent() && this.vendo.isVendoMode()) ? this.user : this.vendo;
	}

}
