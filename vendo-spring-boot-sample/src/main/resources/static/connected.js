'use strict';

// Where the portal was opened in a window of its own, that window has done its work.
if (window.opener && document.querySelector('[data-close="true"]')) {
	window.close();
}
