package run.vendo.docs;

import java.util.Optional;

import run.vendo.sso.VendoIdentity;

import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

final class IdentitySnippets {

	private IdentitySnippets() {
	}

}

// tag::identity[]
@RestController
class ProfileController {

	@GetMapping("/profile")
	String profile(VendoIdentity identity) {
		return identity.name() + " is " + identity.role();
	}

	@GetMapping("/greeting")
	String greeting(Optional<VendoIdentity> identity) {
		return identity.map((user) -> "Hello " + user.name()).orElse("Hello stranger");
	}

}
// end::identity[]

// tag::security[]
@RestController
class SettingsController {

	@GetMapping("/settings")
	@PreAuthorize("hasRole('VENDO_OWNER')")
	String settings(@AuthenticationPrincipal VendoIdentity owner) {
		return "The settings of " + owner.tenantId();
	}

}
// end::security[]
