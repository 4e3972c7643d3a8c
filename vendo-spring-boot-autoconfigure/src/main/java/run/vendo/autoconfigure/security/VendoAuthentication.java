package run.vendo.autoconfigure.security;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import run.vendo.sso.VendoIdentity;
import run.vendo.sso.VendoRole;

import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;

/**
 * A user whom the Vendo proxy has signed in. Its name is the user's id.
 */
final class VendoAuthentication extends PreAuthenticatedAuthenticationToken {

	private static final long serialVersionUID = 1L;

	private static final Set<VendoRole> ROLES = Set.of(VendoRole.OWNER, VendoRole.MEMBER, VendoRole.VIEWER);

	private final String name;

	VendoAuthentication(VendoIdentity identity) {
		super(identity, "N/A", authorities(identity));
		this.name = identity.userId();
	}

	// A role of tomorrow grants nothing today.
	private static Collection<GrantedAuthority> authorities(VendoIdentity identity) {
		VendoRole role = identity.role();
		return (role != null && ROLES.contains(role))
				? List.of(new SimpleGrantedAuthority("ROLE_VENDO_" + role.value().toUpperCase(Locale.ROOT)))
				: List.of();
	}

	@Override
	public String getName() {
		return this.name;
	}

}
