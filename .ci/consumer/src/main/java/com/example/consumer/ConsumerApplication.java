package com.example.consumer;

import run.vendo.VendoClient;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.stereotype.Service;

@SpringBootApplication
public class ConsumerApplication {

	public static void main(String[] args) {
		SpringApplication.run(ConsumerApplication.class, args);
	}

	@Service
	static class Chat {

		private final VendoClient vendo;

		Chat(VendoClient vendo) {
			this.vendo = vendo;
		}

		String openAiToken() {
			return this.vendo.token("openai");
		}

	}

}
